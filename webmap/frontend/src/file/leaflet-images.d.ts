// esbuild puts pictures into the bundle as data URLs.
declare module "*.png" {
  const url: string;
  export default url;
}

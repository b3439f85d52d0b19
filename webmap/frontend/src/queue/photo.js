// A photo made small enough to be sent over a weak signal; drawn anew, so that where and when it was taken stays behind.

const LONGEST = 1_600; // px
const QUALITY = 0.8;

/** @param {File} file @param {number} longest px of its longer side @returns {Promise<string>} a JPEG as base64 */
export async function small(file, longest = LONGEST) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1] ?? "";
}

// Shrinks a photo for upload over a weak connection. Redrawing it also removes its metadata, such as the time and the place.

const MAX_PHOTO_SIDE_PX = 1_600;
const JPEG_QUALITY = 0.8;

/** @param {File} file @param {number} maxSidePx of its longer side @returns {Promise<string>} a JPEG as base64; rejects for a file that cannot be read or drawn */
export async function shrinkPhoto(file, maxSidePx = MAX_PHOTO_SIDE_PX) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, maxSidePx / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const base64 = canvas.toDataURL("image/jpeg", JPEG_QUALITY).split(",")[1];
  if (!base64) throw new Error("the photo cannot be drawn"); // else it would be dropped without a word
  return base64;
}

// A file for a data source comes by the browser: one that is too large, none at all, one that would leave its bucket, and a good one.
import { Person, equal } from "./lib.mjs";

const MIB = 1024 * 1024;
const PEM = Buffer.from("-----BEGIN CERTIFICATE-----\n");

export default async function files(browser) {
  const admin = await Person.arrive(browser, "files");
  await admin.enter();
  await admin.press("Files");
  await admin.fill("Bucket", "certificates");
  await upload(admin, { name: "large.pem", mimeType: "text/plain", buffer: Buffer.alloc(17 * MIB, 65) });
  await admin.see("The file is too large");
  equal(await admin.field("Bucket").inputValue(), "certificates", "what was typed beside a file that is too large");
  await admin.look("file too large");
  await admin.press("Upload");
  await admin.see("Choose a file.");
  await admin.fill("Key", "../wiki.pem");
  await upload(admin, { name: "wiki.pem", mimeType: "text/plain", buffer: PEM });
  await admin.see("leaves its bucket");
  await admin.fill("Key", "");
  await upload(admin, { name: "wiki.pem", mimeType: "text/plain", buffer: PEM });
  await admin.see("The file is stored.");
  await admin.look("file stored");
  await admin.press("Remove");
  await admin.see("The file is removed.");
  await admin.leave();
}

async function upload(admin, file) {
  await admin.field("File").setInputFiles(file);
  await admin.press("Upload");
}

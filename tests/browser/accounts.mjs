// Local accounts: how an administrator makes one, and how its owner signs in.

/** Long enough for an account, and nobody's. */
export const PASSWORD = "correct horse battery";

/** An account of that role, who searches as nobody. */
export async function createAccount(admin, name, role) {
  await admin.press("Accounts");
  await admin.press("Create account");
  await admin.fill("Name", name);
  await admin.fill("Password", PASSWORD);
  await admin.tick(role);
  await admin.press("Create account", admin.page.getByRole("main"));
  await admin.see("The account is ready");
}

/** Signs in on the page that asks for it, wherever it leads to. */
export async function signInAs(person, name) {
  await person.fill("Name", name);
  await person.fill("Password", PASSWORD);
  await person.press("Sign in");
}

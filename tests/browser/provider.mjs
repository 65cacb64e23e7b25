// Signing in at a real OpenID provider: a colleague, somebody whose address nobody verified, and an administrator by group.
import http from "node:http";
import Provider from "oidc-provider";
import { Person, equal, world } from "./lib.mjs";

/** Whom the provider knows: by the name that is typed on its page. */
const PEOPLE = {
  analyst1: { name: "Analyst One", email: world.analysts[0], email_verified: true, groups: [] },
  stranger: { name: "A Stranger", email: world.analysts[1], email_verified: false, groups: [] },
  boss: { name: "The Boss", email: "boss@teams.example", email_verified: true, groups: ["search-admins"] },
};

export default async function provider(browser) {
  const server = serve();
  try {
    await colleague(browser);
    await unverified(browser);
    await administrator(browser);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** The provider, until it is closed. */
export function serve() {
  const issuer = `http://127.0.0.1:${world.provider.port}`;
  const oidc = new Provider(issuer, {
    clients: [
      {
        client_id: world.provider.clientId,
        client_secret: world.provider.clientSecret,
        redirect_uris: [`${world.endpoint}/sign-in/callback`],
        post_logout_redirect_uris: [`${world.endpoint}/sign-in`],
      },
    ],
    claims: { openid: ["sub", "groups"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["only-for-this-test"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
    pkce: { required: () => true },
  });
  return http.createServer(oidc.callback()).listen(world.provider.port, "127.0.0.1");
}

async function signIn(person, login) {
  await person.go("/search?q=forecast");
  await person.look("sign-in page");
  await signInAtProvider(person, login);
}

/** From the page that asks for it, by way of the provider's pages. */
export async function signInAtProvider(person, login) {
  await person.press(/^Sign in with /);
  await person.page.getByPlaceholder("Enter any login").fill(login);
  await person.page.getByPlaceholder("and password").fill("anything");
  await person.page.getByRole("button", { name: "Sign-in" }).click();
  await person.page.getByRole("button", { name: "Continue" }).click();
  await person.page.waitForURL((url) => url.origin === world.endpoint);
}

async function colleague(browser) {
  const one = await Person.arrive(browser, "provider-analyst1");
  await signIn(one, "analyst1");
  equal(new URL(one.page.url()).search, "?q=forecast", "where the provider's sign-in leads back to");
  await one.page.getByRole("link", { name: "Forecast of team one" }).first().waitFor();
  equal(await one.page.getByText("Forecast of team two").count(), 0, "team two's page for analyst one");
  await one.look("search");
  await one.press("Sign out");
  await one.see("You are signed out.");
  await one.go("/search?q=forecast");
  equal(await one.page.getByText("Forecast of team one").count(), 0, "results after signing out");
  await one.leave();
}

/** An address that the provider did not verify is nobody's: public documents only, and the page says so. */
async function unverified(browser) {
  const stranger = await Person.arrive(browser, "provider-stranger");
  await signIn(stranger, "stranger");
  await stranger.see(/only public documents/i);
  equal(await stranger.page.getByText("Forecast of team two").count(), 0, "team two's page for an unverified address");
  await stranger.look("public only");
  await stranger.leave();
}

async function administrator(browser) {
  const boss = await Person.arrive(browser, "provider-boss");
  await signIn(boss, "boss");
  await boss.go("/console/indices");
  await boss.see("Create an index");
  await boss.look("console");
  await boss.leave();
}

// The ways to places that several walks go to, by the links that are seen.

/** An index, from anywhere in the console. */
export async function toIndex(person, name) {
  await person.press("Indices");
  await person.press(name);
}

/** The data sources of an index. */
export async function toSources(person, index) {
  await toIndex(person, index);
  await person.press("Data sources");
}

/** A data source of an index. */
export async function toSource(person, index, source) {
  await toSources(person, index);
  await person.press(source);
}

/** Begins to add a data source to an index: its name is given, the second step is next. */
export async function beginSource(admin, index, name) {
  await toSources(admin, index);
  await admin.press("Add data source");
  await admin.press("Add connector");
  await admin.fill("Data source name", name);
  await admin.press("Next");
}

/** Goes through the third step and those after it without changing anything. */
export async function finishSource(admin) {
  await admin.press("Next");
  await admin.press("Next");
  await admin.press("Add data source");
  await admin.see("The data source is added.");
}

/** Deletes the data source whose page is open. */
export async function removeSource(admin, name) {
  await admin.press("Delete");
  await admin.fill(`To confirm, type the name of the data source: ${name}`, name);
  await admin.press("Delete data source");
}

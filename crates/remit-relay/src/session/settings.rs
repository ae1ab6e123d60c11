//! The configuration of sessions: `[session_keys]` and `[servers.NAME]`.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::ExposeSecret as _;

use super::Sessions;
use super::servers::Server;
use super::token::Keys;
use crate::document::Section;
use crate::mistake::Mistakes;
use crate::secret::Sources;

/// The shortest key of a server, in characters.
const SHORTEST_KEY: usize = 32;

/// Reads both tables; `None` if the relay asks for no session. Mistakes that were added make the result meaningless.
pub(crate) fn read(
    root: &Section<'_>,
    sources: &Sources<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Sessions> {
    let keys = root.section("session_keys", "[session_keys]", mistakes);
    let servers = root.section("servers", "[servers.NAME]", mistakes);
    match (&keys, &servers) {
        (None, None) => return None,
        (Some(keys), None) => {
            let message = "no server may ask for a session; add [servers.NAME] with a key";
            mistakes.add(keys.at(), "session_keys", message);
        }
        (None, Some(servers)) => {
            let message =
                "there is no key for sessions; add [session_keys], as in \"2026-11\" = { env = \"NAME\" }";
            mistakes.add(servers.at(), "servers", message);
        }
        (Some(_), Some(_)) => {}
    }
    let names = root.section("connections", "[connections.NAME]", mistakes);
    let names: BTreeSet<_> = names.iter().flat_map(Section::entries).map(|(name, ..)| name).collect();
    let servers =
        servers.iter().flat_map(|servers| read_servers(servers, &names, sources, mistakes)).collect();
    Some(Sessions { keys: read_keys(&keys?, sources, mistakes)?, servers })
}

fn read_keys(section: &Section<'_>, sources: &Sources<'_>, mistakes: &mut Mistakes<'_>) -> Option<Keys> {
    let mut secrets = BTreeMap::new();
    for (name, _, entry) in section.entries() {
        let Some(secret) = sources.find(&entry, mistakes) else { continue };
        if Keys::is_key(&secret) {
            secrets.insert(name.to_owned(), secret);
        } else {
            entry.wrong(mistakes, "a key has 64 hexadecimal digits; make one with openssl rand -hex 32");
        }
    }
    let keys = Keys::new(&secrets);
    if section.entries().next().is_none() {
        let message = "there is none; write one, as in \"2026-11\" = { env = \"NAME\" }";
        mistakes.add(section.at(), "session_keys", message);
    }
    keys
}

fn read_servers(
    section: &Section<'_>,
    connections: &BTreeSet<&str>,
    sources: &Sources<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Server> {
    let mut servers: Vec<Server> = Vec::new();
    for (name, _, entry) in section.entries() {
        let Some(table) = entry.section("[servers.NAME]", mistakes) else { continue };
        table.only(&["key", "connections"], mistakes);
        let listed = table.texts("connections", "\"books\"", mistakes);
        for text in listed.iter().flatten().filter(|text| !connections.contains(text.text)) {
            let known: Vec<_> = connections.iter().copied().collect();
            text.wrong(mistakes, format!("there is no such connection; use one of: {}", known.join(", ")));
        }
        let Some(entry) = table.entry("key") else {
            table.missing("key", "write the server's key, as in key = { env = \"NAME\" }", mistakes);
            continue;
        };
        let Some(key) = sources.find(&entry, mistakes) else { continue };
        let key_text = key.expose_secret();
        if key_text.len() < SHORTEST_KEY || !key_text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = format!(
                "a server's key has at least {SHORTEST_KEY} visible ASCII characters; make one with openssl rand -hex 32"
            );
            entry.wrong(mistakes, message);
        } else if servers.iter().any(|other| other.key.expose_secret() == key_text) {
            entry.wrong(
                mistakes,
                "another server has the same key; make one for each with openssl rand -hex 32",
            );
        }
        let connections = listed.map(|all| all.iter().map(|text| text.text.to_owned()).collect());
        servers.push(Server { name: name.to_owned(), key, connections });
    }
    servers
}

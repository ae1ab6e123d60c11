//! Generates the npm package's tables of codes.

use anyhow::Result;
use remit_core::{Code, NoticeCode};

use crate::project::between;

const BEGIN: &str = "<!-- codes:";
const END: &str = "<!-- /codes -->";

/// Renders `www/npm/docs/codes.md` with new tables.
pub(super) fn render(page: &str) -> Result<String> {
    between(page, BEGIN, END, tables().trim_end())
}

fn tables() -> String {
    let issues = Code::ALL.iter().map(|code| row(code.as_str(), code.about(), code.params()));
    let notices = NoticeCode::ALL.iter().map(|code| row(code.as_str(), code.about(), code.params()));
    let head = "| code | meaning | parameters |\n|---|---|---|\n";
    format!(
        "## Issues\n\n{head}{}\n## Notices\n\n{head}{}",
        issues.collect::<String>(),
        notices.collect::<String>()
    )
}

fn row(code: &str, about: &str, params: &[(&str, &str)]) -> String {
    let params =
        params.iter().map(|(name, about)| format!("`{name}`: {about}")).collect::<Vec<_>>().join("<br>");
    let cell = |text: &str| text.replace('|', "\\|");
    format!("| `{code}` | {} | {} |\n", cell(about), cell(&params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_every_code() {
        let tables = tables();
        let texts = Code::ALL.iter().map(|code| code.as_str());
        for code in texts.chain(NoticeCode::ALL.iter().map(|code| code.as_str())) {
            assert!(tables.contains(&format!("\n| `{code}` | ")), "{code}");
        }
        assert!(tables.contains(
            "| `too_long` | Longer than `max` characters. | `max`: the maximum number of characters<br>"
        ));
    }

    #[test]
    fn keeps_the_text_around_the_tables() {
        let page = "# Codes\n\n<!-- codes: -->\nold\n<!-- /codes -->\nend\n";
        let new = render(page).unwrap();
        assert!(new.starts_with("# Codes\n\n<!-- codes: -->\n\n## Issues\n") && new.ends_with("-->\nend\n"));
        assert_eq!(render(&new).unwrap(), new);
    }
}

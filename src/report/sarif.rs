//! sarif: SARIF 2.1.0 (OASIS), for code scanning. Suppressed findings are always in it, as suppressions.

use super::json::{ReceiptObject, VerifiedObject, write_value};
use super::{Options, escape, relative};
use crate::finding::{Finding, Outcome, Receipt, SuppressedBy};
use crate::rule::{Rule, Severity};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

/// Writes the document.
pub(crate) fn write(outcome: &Outcome, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let rules: BTreeMap<&str, &Arc<Rule>> = outcome.findings.iter().map(|f| (f.rule.id.as_str(), &f.rule)).collect();
    let receipt = relative::receipt(&outcome.receipt);
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(i, id)| (*id, i)).collect();
    let mut run = json!({
        "tool": { "driver": {
            "name": "leakbreak",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules.values().map(|r| descriptor(r)).collect::<Vec<_>>(),
        }},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation(&receipt)],
        "results": outcome.findings.iter().map(|f| result(f, &index, options)).collect::<Vec<_>>(),
        "properties": { "receipt": ReceiptObject::new(outcome, &receipt) },
    });
    if let Some(p) = &outcome.receipt.provenance {
        let mut details = json!({ "repositoryUri": p.uri, "mappedTo": { "uriBaseId": "%SRCROOT%" } });
        set(&mut details, "revisionId", p.revision.as_deref().map(Value::from));
        set(&mut details, "branch", p.branch.as_deref().map(Value::from));
        run["versionControlProvenance"] = json!([details]);
    }
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    write_value(&document, out)
}

fn descriptor(rule: &Rule) -> Value {
    let mut value = json!({
        "id": rule.id,
        "name": rule.title,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": format!("{} of {}. It belongs in a secret store, never in version control.", rule.title, rule.provider) },
        "help": { "text": format!("{} {}", super::remedy(rule.remedy()), super::NOT_UNDONE), "markdown": markdown(rule) },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "security-severity": score(rule.severity), "tags": tags(rule) },
    });
    set(&mut value, "helpUri", rule.reference.as_deref().map(Value::from));
    value
}

/// What to do, as a numbered list where the rule has steps.
fn markdown(rule: &Rule) -> String {
    let steps = &rule.remedy().steps;
    let what = if steps.is_empty() {
        super::remedy(rule.remedy())
    } else {
        let numbered = steps.iter().enumerate().map(|(n, step)| format!("{}. {step}\n", n + 1));
        let told = |url: &&String| steps.iter().any(|step| step.contains(url.as_str()));
        let url = rule.remedy().url.iter().filter(|url| !told(url)).map(|url| format!("\nRevoke at <{url}>."));
        numbered.chain(url).collect()
    };
    let page = rule
        .reference
        .as_ref()
        .map(|url| format!(" [What the provider says of such keys]({url})."))
        .unwrap_or_default();
    format!("**{}: what to do**\n\n{}\n\n{}{page}", rule.title, what.trim_end(), super::NOT_UNDONE)
}

fn tags(rule: &Rule) -> Vec<String> {
    let mut tags = vec!["security".to_owned(), "secret".to_owned()];
    tags.extend(rule.tags.iter().filter(|t| !matches!(t.as_str(), "security" | "secret")).cloned());
    tags
}

fn result(f: &Finding, index: &BTreeMap<&str, usize>, options: Options) -> Value {
    let mut value = json!({
        "ruleId": f.rule.id,
        "ruleIndex": index.get(f.rule.id.as_str()),
        "level": level(f.rule.severity),
        "message": { "text": format!("{} {}", super::describe(f, options), super::remediation(f)).trim() },
        "locations": [location(f)],
        "partialFingerprints": { "leakbreak/v1": f.fingerprint.as_str() },
        "occurrenceCount": f.occurrences,
        "properties": properties(f, options),
    });
    if let Some(s) = &f.suppressed {
        let kind = if s.by == SuppressedBy::Inline { "inSource" } else { "external" };
        let by = json!({ "by": s.by.name() });
        let suppression = json!({ "kind": kind, "status": "accepted", "justification": s.reason, "properties": by });
        value["suppressions"] = json!([suppression]);
    }
    value
}

fn location(f: &Finding) -> Value {
    let Some(path) = &f.origin.repo_path else {
        let name = f.origin.reference.as_ref().map(|r| r.to_string());
        let commit = f.origin.commit.as_ref().map(|c| c.id.clone());
        let full =
            [Some(f.origin.kind.name().to_owned()), name, commit].into_iter().flatten().collect::<Vec<_>>().join(" ");
        return json!({ "logicalLocations": [{ "fullyQualifiedName": full, "kind": f.origin.kind.name() }] });
    };
    // A region's end column is exclusive; a name's finding has no extent.
    let region = json!({
        "startLine": f.line, "startColumn": f.column, "endLine": f.end_line, "endColumn": f.end_column,
        "snippet": { "text": f.excerpt },
    });
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": escape::uri(path), "uriBaseId": "%SRCROOT%" },
        "region": region,
    }})
}

/// What has no place of its own in the format. Author data is no part of a fingerprint.
fn properties(f: &Finding, options: Options) -> Value {
    let mut all = json!({
        "confidence": f.confidence.name(),
        "severity": f.rule.severity.name(),
        "origin": f.origin.kind.name(),
        "redacted": f.redacted(),
        "evidence": f.evidence,
        "inHead": f.origin.in_head,
    });
    set(&mut all, "ref", f.origin.reference.as_ref().map(|r| r.to_string().into()));
    set(&mut all, "secret", options.reveal.then(|| String::from_utf8_lossy(f.secret.reveal()).into_owned().into()));
    set(&mut all, "verified", VerifiedObject::new(f).map(|v| json!(v)));
    if let Some(c) = &f.origin.commit {
        all["commit"] =
            json!({ "id": c.id, "author": c.author, "email": c.email, "date": c.date, "summary": c.summary });
    }
    all
}

fn invocation(r: &Receipt) -> Value {
    let mut notes: Vec<Value> = Vec::new();
    for (reason, count) in &r.skips {
        let level = if reason.is_failure() || r.strict { "error" } else { "note" };
        let text = format!("{} {}", count.count, super::receipt::words(*reason));
        notes.push(notification(level, reason.name(), &format!("not read: {text}")));
        if reason.is_failure() {
            notes.extend(count.first.iter().map(|s| {
                let detail = if s.detail.is_empty() { String::new() } else { format!(": {}", s.detail) };
                notification(level, reason.name(), &escape::printable(&format!("{}{detail}", s.place)))
            }));
        }
    }
    if r.interrupted || r.empty {
        notes.push(notification("error", "incomplete", &super::receipt::why_incomplete(r)));
    }
    notes.extend(r.stale.iter().map(|s| notification("warning", "suppression", &format!("{}: {}", s.what, s.why))));
    notes.extend(r.notes.iter().map(|n| notification("note", "note", n)));
    json!({ "executionSuccessful": !r.is_incomplete(), "toolExecutionNotifications": notes })
}

fn notification(level: &str, id: &str, text: &str) -> Value {
    json!({ "level": level, "descriptor": { "id": id }, "message": { "text": text } })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// GitHub's scale: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low.
fn score(severity: Severity) -> &'static str {
    ["3.0", "5.5", "8.0", "9.5"][severity as usize]
}

fn set(value: &mut Value, key: &str, field: Option<Value>) {
    if let (Some(field), Some(map)) = (field, value.as_object_mut().map(|m: &mut Map<String, Value>| m)) {
        map.insert(key.to_owned(), field);
    }
}

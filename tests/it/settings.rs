//! A bare name in a file of settings: whose it is says the program that reads it.

use crate::support::{Run, Sandbox, key};
use serde_json::Value;
use std::os::unix::fs::symlink;

fn found(done: &Run) -> Vec<(String, String, String)> {
    let text = |f: &Value, name: &str| f[name].as_str().unwrap().to_owned();
    done.findings().iter().map(|f| (text(f, "path"), text(f, "rule"), text(f, "confidence"))).collect()
}

fn one(path: &str, rule: &str, confidence: &str) -> Vec<(String, String, String)> {
    vec![(path.into(), rule.into(), confidence.into())]
}

fn scan(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.leakbreak(["scan", "--format", "jsonl"].iter().chain(args))
}

/// A project whose program, below the settings, reads `API_KEY`.
fn project(program: &str, text: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write(".env", format!("PORT=3000\nAPI_KEY={}\n", key(1)));
    sandbox.write(program, text);
    sandbox
}

#[test]
fn programs_of_many_kinds_tell() {
    let programs = [
        ("app.py", "import os\nfrom mistralai import Mistral\nclient = Mistral(api_key=os.environ[\"API_KEY\"])\n"),
        (
            "src/a/b/llm.ts",
            "import { createMistral } from \"@ai-sdk/mistral\";\nconst key = process.env.API_KEY!;\nexport const m = createMistral({ apiKey: key });\n",
        ),
        (
            "ask.sh",
            "#!/bin/sh\n. ./.env\ncurl -s https://api.mistral.ai/v1/models -H \"Authorization: Bearer $API_KEY\"\n",
        ),
        (
            "main.go",
            "package main\n\nfunc main() {\n\tclient := mistral.NewMistralClientDefault(os.Getenv(\"API_KEY\"))\n\t_ = client\n}\n",
        ),
        (
            "lib/chat.rb",
            "uri = URI(\"https://api.mistral.ai/v1/chat/completions\")\nreq = Net::HTTP::Post.new(uri)\nreq[\"Authorization\"] = \"Bearer #{ENV.fetch(\"API_KEY\")}\"\n",
        ),
    ];
    for (program, text) in programs {
        let done = scan(&project(program, text), &["."]);
        assert_eq!(found(&done), one(".env", "mistral-api-key", "high"), "{program}: {done:?}");
        assert!(done.stdout.contains(&format!("read as API_KEY by {program}")), "{done:?}");
    }
}

#[test]
fn from_wherever_it_is_scanned() {
    let sandbox =
        project("app.py", "import os\nfrom mistralai import Mistral\nMistral(api_key=os.getenv('API_KEY'))\n");
    sandbox.write("package.json", "{}\n");
    sandbox.write("deploy/prod.env", format!("API_KEY={}\n", key(2)));
    let mistral = |path: &str| (path.to_owned(), "mistral-api-key".to_owned(), "high".to_owned());
    assert_eq!(found(&scan(&sandbox, &["."])), [mistral(".env"), mistral("deploy/prod.env")]);
    assert_eq!(found(&scan(&sandbox, &["deploy"])), [mistral("deploy/prod.env")]);
    assert_eq!(found(&scan(&sandbox, &["deploy/prod.env"])), [mistral("deploy/prod.env")]);
    sandbox.git(["add", "-A"]);
    // The index has the program; what stands in the work tree does not matter.
    sandbox.write("app.py", "");
    assert_eq!(found(&scan(&sandbox, &["--staged"])), [mistral(".env"), mistral("deploy/prod.env")]);
    assert_eq!(found(&scan(&sandbox, &["deploy"]))[0].1, "generic-secret");
}

#[test]
fn two_readers_of_different_minds_tell_nothing() {
    let sandbox = project("a.py", "import os\nfrom mistralai import Mistral\nMistral(api_key=os.getenv('API_KEY'))\n");
    sandbox.write("b.sh", "curl -s https://codestral.mistral.ai/v1/models -H \"Authorization: Bearer ${API_KEY}\"\n");
    assert_eq!(found(&scan(&sandbox, &["."])), one(".env", "generic-secret", "high"));
}

#[test]
fn a_project_that_only_uses_the_provider_is_a_hint() {
    let sandbox = project("requirements.txt", "flask\nmistralai==1.5.0\n");
    let done = scan(&sandbox, &["."]);
    assert_eq!(found(&done), one(".env", "generic-secret", "high"), "{done:?}");
    assert!(done.stdout.contains("may be a key of Mistral AI, which requirements.txt uses"), "{done:?}");
    let mistral = ["--select", "mistral", "--min-confidence", "low", "."];
    assert_eq!(found(&scan(&sandbox, &mistral)), one(".env", "mistral-api-key", "low"));
    assert_eq!(found(&scan(&sandbox, &["--select", "mistral", "."])), []);
}

#[test]
fn what_is_not_the_projects_is_not_asked() {
    let program = "import os\nfrom mistralai import Mistral\nMistral(api_key=os.getenv('API_KEY'))\n";
    for path in ["node_modules/m/a.py", ".venv/lib/a.py", "notes.pdf"] {
        assert_eq!(found(&scan(&project(path, program), &["."])), one(".env", "generic-secret", "high"), "{path}");
    }
    // Another name, a link that leads out, a folder in itself.
    let sandbox = project("a.py", &program.replace("API_KEY", "OTHER_API_KEY"));
    let out = sandbox.root().join("out.py");
    std::fs::write(&out, program).unwrap();
    symlink(&out, sandbox.path().join("link.py")).unwrap();
    symlink(".", sandbox.path().join("loop")).unwrap();
    assert_eq!(found(&scan(&sandbox, &["."])), one(".env", "generic-secret", "high"));
}

#[test]
fn names_that_say_whose_they_are_stay_his() {
    let sandbox =
        project("a.py", "import os\nfrom mistralai import Mistral\nMistral(api_key=os.getenv('STRIPE_KEY'))\n");
    sandbox.write(".env", format!("MISTRAL_API_KEY={}\nDEBUG=1\n", key(2)));
    assert_eq!(found(&scan(&sandbox, &["."])), one(".env", "mistral-api-key", "high"));
}

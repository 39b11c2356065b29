//! Writes what the fuzzers start from into a folder: texts, plans and values of core's tests in
//! `sql/`, `plan/`, `prepared/` and `text/`, and a dictionary of the language's words, `sql.dict`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Result;
use std::path::{Path, PathBuf};

use ringql_core::function::ALL;
use ringql_core::plan::wire;
use ringql_core::sql::{Options, compile};
use ringql_fuzz::targets::plan::HEADER;
use ringql_fuzz::targets::prepared::{CALLS, original};
use ringql_fuzz::targets::sql::STREAM;
use ringql_fuzz::targets::text::TYPES;

/// One expression of the functions' tables in so many.
const EACH: usize = 4;
/// Longer ones make slow seeds.
const MAX_SQL: usize = 1500;
const MAX_PLAN: usize = 1000;

/// Bytes of the least and the greatest numbers.
const EDGES: [&str; 6] = [
    r"\x00\x00\x00\x80",
    r"\xff\xff\xff\x7f",
    r"\xff\xff\xff\xff",
    r"\x00\x00\x00\x00\x00\x00\x00\x80",
    r"\xff\xff\xff\xff\xff\xff\xff\x7f",
    r"\xff\xff\xff\xff\xff\xff\xff\xff",
];

const KEYWORDS: &str = "SELECT FROM WHERE GROUP BY HAVING SETTINGS max_groups batch_rows on_full \
    on_error 'stop' 'null' 'drop_new' 'error' TUMBLE( INTERVAL SECOND MONTH window_start \
    window_end AND OR NOT IS NULL DISTINCT TRUE FALSE BETWEEN IN( CASE WHEN THEN ELSE END AS \
    COALESCE( NULLIF( CAST( TRY_CAST( EXTRACT( POSITION( TRIM( SUBSTRING( LIKE ILIKE SIMILAR TO \
    ESCAPE COUNT(*) SUM( AVG( MIN( MAX( CREATE STREAM WATERMARK FOR INSERT INTO EMIT FINAL AT \
    TIME ZONE DATE TIMESTAMP BLOB :: || << >> <> ** -> -- /* */ U&' E' X' $$ 1e308 \
    9223372036854775807 18446744073709551615 170141183460469231731687303715884105727";

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).expect("a folder as the argument");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests");
    let (mut sql, mut texts) = (BTreeSet::new(), BTreeSet::new());
    for path in files(&tests.join("slt"), "slt")? {
        statements(&fs::read_to_string(path)?, &mut sql);
    }
    for path in files(&tests.join("sql_errors"), "sql")? {
        sql.insert(fs::read_to_string(path)?);
    }
    for path in files(&tests.join("duckdb/functions"), "tsv")? {
        expressions(&fs::read_to_string(path)?, &mut sql, &mut texts);
    }
    for function in ALL.iter() {
        sql.insert(format!("SELECT {} FROM a", function.doc.example));
    }
    sql.retain(|text| text.len() <= MAX_SQL);
    write(&folder.join("sql"), sql.iter().map(String::as_bytes))?;
    write(&folder.join("text"), texts.iter().map(String::as_bytes))?;
    let plans: BTreeSet<_> = sql.iter().flat_map(|text| plans(text)).collect();
    write(&folder.join("plan"), plans.iter().map(Vec::as_slice))?;
    let prepared: Vec<_> = CALLS.iter().zip(0..).map(seed).collect();
    write(&folder.join("prepared"), prepared.iter().map(Vec::as_slice))?;
    fs::write(folder.join("sql.dict"), dictionary())
}

/// The files of a folder with an extension.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|e| e == extension));
    paths.sort();
    Ok(paths)
}

/// The queries of an `.slt` file, each behind the file's streams.
fn statements(slt: &str, sql: &mut BTreeSet<String>) {
    let mut streams = String::new();
    for record in slt.split("\n\n") {
        let mut lines = record.lines().skip_while(|line| line.starts_with('#'));
        let head = lines.next().unwrap_or_default();
        let text = lines.take_while(|line| *line != "----").collect::<Vec<_>>().join("\n");
        let text = text.trim_start_matches("DESCRIBE ").trim_start_matches("COUNTERS ");
        if text.starts_with("CREATE STREAM") && head == "statement ok" {
            streams += &format!("{text};\n");
        } else if !text.is_empty() && !text.starts_with("INSERT") {
            sql.insert(format!("{streams}{text}"));
        }
    }
}

/// The expressions and values of a table of functions.
fn expressions(tsv: &str, sql: &mut BTreeSet<String>, texts: &mut BTreeSet<String>) {
    for (number, line) in tsv.lines().enumerate() {
        let cells: Vec<&str> = line.split('\t').collect();
        match *cells {
            ["row", ref values @ ..] => texts.extend(values.iter().map(|v| (*v).to_owned())),
            [expression, _, _, _] if number % EACH == 0 => {
                sql.insert(format!("SELECT {expression} FROM a"));
                texts.extend(expression.split('\'').skip(1).step_by(2).map(str::to_owned));
            }
            _ => {}
        }
    }
}

/// What a call's literal was prepared as, behind the two bytes that the target wants.
fn seed((call, number): (&&str, u8)) -> Vec<u8> {
    [&[number, 0], &*original(call)].concat()
}

/// The bodies of a text's plans behind the byte that the target wants.
fn plans(text: &str) -> Vec<Vec<u8>> {
    let sql = if text.starts_with("CREATE") { text.to_owned() } else { format!("{STREAM}{text}") };
    let program = compile(&sql, &Options { batch_rows: 8, ..Options::default() });
    let queries = program.map(|program| program.queries).unwrap_or_default();
    let bodies = queries.iter().filter_map(|query| {
        let bytes = wire::to_vec(&query.plan()).ok()?;
        let body = bytes.get(HEADER..bytes.len() - 4)?;
        (body.len() <= MAX_PLAN).then(|| [&[0], body].concat())
    });
    bodies.collect()
}

fn dictionary() -> String {
    let mut words: BTreeSet<String> = KEYWORDS.split_whitespace().map(str::to_owned).collect();
    for function in ALL.iter() {
        let names =
            [function.signature.name].into_iter().chain(function.doc.aliases.iter().copied());
        words.extend(names.map(|name| match name.chars().all(char::is_alphanumeric) {
            true => format!("{name}("),
            false => name.to_owned(),
        }));
    }
    words.extend(TYPES.iter().map(ToString::to_string));
    let words = words.iter().map(|word| word.replace('\\', r"\\").replace('"', r#"\""#));
    let lines = words.chain(EDGES.map(str::to_owned)).map(|word| format!("\"{word}\"\n"));
    lines.collect()
}

fn write<'a>(folder: &Path, seeds: impl Iterator<Item = &'a [u8]>) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for (number, seed) in seeds.enumerate() {
        fs::write(folder.join(number.to_string()), seed)?;
    }
    Ok(())
}

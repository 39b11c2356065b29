//! The examples over a year of real readings, against SQLite.

mod common;

use std::collections::BTreeMap;
use std::path::PathBuf;

use common::{Folder, project, shared};
use rusqlite::Connection;

fn query(name: &str) -> String {
    project().join("examples/queries").join(name).display().to_string()
}

/// The readings in an SQLite table, read by the `csv` crate.
fn readings(path: PathBuf) -> Connection {
    let sqlite = Connection::open_in_memory().unwrap();
    sqlite
        .execute_batch("CREATE TABLE hourly (ts TEXT, station TEXT, temp_f REAL); BEGIN")
        .unwrap();
    {
        let mut insert = sqlite.prepare("INSERT INTO hourly VALUES (?, ?, ?)").unwrap();
        for row in csv::Reader::from_path(path).unwrap().records() {
            let row = row.unwrap();
            let temp: Option<f64> = row[2].parse().ok();
            insert.execute((&row[0], &row[1], temp)).unwrap();
        }
    }
    sqlite.execute_batch("COMMIT").unwrap();
    sqlite
}

type Day = (u64, f64, f64, f64);

#[test]
fn the_daily_table_is_sqlites_on_every_row() {
    let sqlite = readings(project().join("examples/data/noaa_hourly_2010.csv"));
    let mut select = sqlite
        .prepare(
            "SELECT substr(ts, 1, 10), station, count(*), min(temp_f), max(temp_f), avg(temp_f)
             FROM hourly GROUP BY 1, 2",
        )
        .unwrap();
    let mut expected: BTreeMap<(String, String), Day> = BTreeMap::new();
    let mut rows = select.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let key = (row.get::<_, String>(0).unwrap() + " 00:00:00.000000", row.get(1).unwrap());
        let count: i64 = row.get(2).unwrap();
        let day = (count as u64, row.get(3).unwrap(), row.get(4).unwrap(), row.get(5).unwrap());
        expected.insert(key, day);
    }
    assert_eq!(expected.len(), 730);

    for batch in ["1", "7", "1024"] {
        let args = ["run", &query("daily_temperatures.sql"), "--batch-size", batch];
        let out = Folder::new().ok(&args);
        let mut got = BTreeMap::new();
        for row in csv::Reader::from_reader(out.as_bytes()).records() {
            let row = row.unwrap();
            let number = |i: usize| row[i].parse::<f64>().unwrap();
            let day = (row[2].parse::<u64>().unwrap(), number(3), number(4), number(5));
            assert!(got.insert((row[0].to_owned(), row[1].to_owned()), day).is_none());
        }
        assert_eq!(got.len(), expected.len());
        for (key, day) in &expected {
            let found = got[key];
            assert_eq!((found.0, found.1, found.2), (day.0, day.1, day.2), "{key:?}");
            // SQLite sums with compensation, so the last bits of an average may differ.
            assert!((found.3 - day.3).abs() <= 1e-12 * day.3.abs(), "{key:?} {found:?} {day:?}");
        }
        assert!(out.starts_with("day,station,readings,low,high,mean\n"), "{out}");
    }
}

#[test]
fn threads_batches_and_formats_do_not_change_results() {
    let folder = Folder::new();
    for name in ["daily_temperatures.sql", "hot_hours.sql", "stations.sql", "daily_swings.sql"] {
        let query = query(name);
        let expected = folder.ok(&["run", &query]);
        assert!(expected.lines().count() > 1, "{name}");
        for batch in ["1", "64"] {
            for threads in [&[][..], &["--single-thread"]] {
                let args = [&["run", &query, "--batch-size", batch], threads].concat();
                assert_eq!(folder.ok(&args), expected, "{args:?}");
            }
        }
    }
}

#[test]
fn the_other_examples_are_sqlites_too() {
    let sqlite = readings(project().join("examples/data/noaa_hourly_2010.csv"));
    let folder = Folder::new();
    let count = |sql: &str| -> i64 { sqlite.query_row(sql, [], |row| row.get(0)).unwrap() };
    let lines = |text: &str| text.lines().count() as i64 - 1;

    let hot = folder.ok(&["run", &query("hot_hours.sql")]);
    assert_eq!(lines(&hot), count("SELECT count(*) FROM hourly WHERE temp_f >= 75.5"));

    let stations = folder.ok(&["run", &query("stations.sql")]);
    for station in ["SEA", "SFO"] {
        let expected: String = sqlite
            .query_row(
                "SELECT station || ',' || count(*) || ',' || sum(temp_f BETWEEN 60 AND 70) || ','
                 || min(temp_f) || ',' || max(temp_f) FROM hourly WHERE station = ?",
                [station],
                |row| row.get(0),
            )
            .unwrap();
        assert!(stations.lines().any(|line| line == expected), "{expected}\n{stations}");
    }

    let swings = folder.ok(&["run", &query("daily_swings.sql")]);
    let days = "SELECT count(*) FROM (SELECT 1 FROM hourly GROUP BY substr(ts, 1, 10), station
                HAVING max(temp_f) - min(temp_f) > 14)";
    assert_eq!(lines(&swings), count(days));

    let two = query("two_outputs.sql");
    assert_eq!(folder.ok(&["run", &two, "-o", "warm=w.csv", "-o", "cold=c.csv"]), "");
    let (warm, cold) = (folder.read("w.csv"), folder.read("c.csv"));
    assert_eq!(lines(&warm), count("SELECT count(*) FROM hourly WHERE temp_f > 75"));
    assert_eq!(lines(&cold), count("SELECT count(*) FROM hourly WHERE temp_f < 38"));
}

#[test]
fn city_sensors() {
    let Some(path) = shared("riot_city.csv") else { return };
    let sql = "CREATE STREAM city (ts TIMESTAMP NOT NULL, source VARCHAR(32) NOT NULL,
            temperature DOUBLE, humidity DOUBLE, light DOUBLE, dust DOUBLE, airquality_raw INTEGER);
        SELECT source, COUNT(*) AS n, MAX(temperature) AS high, SUM(airquality_raw) AS air
        FROM city GROUP BY source SETTINGS max_groups = 1024";
    let out = Folder::new().ok(&["run", "-e", sql, "--input", &format!("city={}", path.display())]);
    let mut expected: BTreeMap<String, (u64, f64, i64)> = BTreeMap::new();
    let mut readings = csv::Reader::from_path(&path).unwrap();
    let names = readings.headers().unwrap().clone();
    let at = |name: &str| names.iter().position(|n| n == name).unwrap();
    let (source, temperature, air) = (at("source"), at("temperature"), at("airquality_raw"));
    for row in readings.records() {
        let row = row.unwrap();
        let sums = expected.entry(row[source].to_owned()).or_insert((0, f64::MIN, 0));
        sums.0 += 1;
        sums.1 = sums.1.max(row[temperature].parse().unwrap());
        sums.2 += row[air].parse::<i64>().unwrap();
    }
    let mut got = BTreeMap::new();
    for row in csv::Reader::from_reader(out.as_bytes()).records() {
        let row = row.unwrap();
        let values = (row[1].parse().unwrap(), row[2].parse().unwrap(), row[3].parse().unwrap());
        got.insert(row[0].to_owned(), values);
    }
    assert_eq!(got, expected);
}

#[test]
fn taxi_trips() {
    let Some(path) = shared("riot_taxi.csv") else { return };
    let sql = "CREATE STREAM taxi (ts TIMESTAMP NOT NULL, pickup_datetime TIMESTAMP,
            payment_type VARCHAR(4), trip_distance REAL, fare_amount DOUBLE);
        SELECT payment_type, COUNT(*) AS n FROM taxi WHERE trip_distance > 5.0 GROUP BY payment_type";
    let out = Folder::new().ok(&["run", "-e", sql, "--input", &format!("taxi={}", path.display())]);
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    let mut trips = csv::Reader::from_path(&path).unwrap();
    let names = trips.headers().unwrap().clone();
    let at = |name: &str| names.iter().position(|n| n == name).unwrap();
    for row in trips.records() {
        let row = row.unwrap();
        if row[at("trip_distance")].parse::<f64>().unwrap() > 5.0 {
            *expected.entry(row[at("payment_type")].to_owned()).or_default() += 1;
        }
    }
    let got: BTreeMap<String, u64> =
        csv::Reader::from_reader(out.as_bytes()).deserialize().map(Result::unwrap).collect();
    assert_eq!(got, expected);
}

//! The reference queries in SQL.

/// The stream that they read.
pub const STREAM: &str = "CREATE STREAM s (
    ts TIMESTAMP NOT NULL,
    device INTEGER UNSIGNED NOT NULL,
    temp REAL NOT NULL,
    humidity REAL NOT NULL,
    status TINYINT UNSIGNED NOT NULL,
    WATERMARK FOR ts AS ts
);
";

/// Filter and project; about 22 % of the rows pass.
pub const Q1: &str = "SELECT device, temp * 1.8 + 32 AS f FROM s WHERE temp > 30.0 AND status <> 3";

/// Filtered global aggregate.
pub const Q2: &str =
    "SELECT COUNT(*), AVG(temp), MIN(humidity), MAX(humidity) FROM s WHERE status = 1";

/// Grouping.
pub const Q3: &str = "SELECT device, COUNT(*), AVG(temp), MAX(temp) FROM s GROUP BY device";

/// Tumbling windows of a second.
pub const Q4: &str = "SELECT window_start, device, COUNT(*), AVG(temp), MAX(temp)
FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY window_start, window_end, device";

/// Hopping windows of ten seconds, one each second.
pub const Q5: &str = "SELECT window_start, AVG(temp)
FROM HOP(s, ts, INTERVAL '1' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end";

/// Their names and texts.
pub const ALL: [(&str, &str); 5] = [("Q1", Q1), ("Q2", Q2), ("Q3", Q3), ("Q4", Q4), ("Q5", Q5)];

/// The stream of [`Trade`](crate::trades::Trade)s.
pub const TRADES: &str = "CREATE STREAM trades (
    ts TIMESTAMP NOT NULL,
    amount DOUBLE NOT NULL,
    price DOUBLE NOT NULL,
    quantity INTEGER NOT NULL,
    trader VARCHAR(20) NOT NULL,
    symbol VARCHAR(10) NOT NULL,
    WATERMARK FOR ts AS ts
);
";

/// Passthrough of three columns.
pub const V0: &str = "SELECT symbol, price, quantity FROM trades";

/// A filter that all rows pass.
pub const V1: &str = "SELECT trader, symbol, price, quantity FROM trades WHERE amount > 100";

/// Moving aggregates of the last 100 rows, a result for each row. (Of all symbols together: windows
/// of rows are of the stream, not of a key.)
pub const V2: &str = "SELECT window_end, AVG(price), MIN(price), MAX(price)
FROM COUNT_WINDOW(trades, 100, 1) GROUP BY window_start, window_end";

/// Tumbling windows of a minute by two text keys.
pub const V3: &str = "SELECT window_start, trader, symbol, COUNT(*), AVG(price), SUM(quantity),
    SUM(price * quantity)
FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY window_start, window_end, trader, symbol";

/// The same, and each poll the groups that changed in it.
pub const V3_CHANGES: &str = "SELECT window_start, trader, symbol, COUNT(*), AVG(price),
    SUM(quantity), SUM(price * quantity)
FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) GROUP BY window_start, window_end, trader, symbol
EMIT CHANGES";

/// Those of the queries over trades that other engines run too.
pub const OVER_TRADES: [(&str, &str); 4] = [("V0", V0), ("V1", V1), ("V2", V2), ("V3", V3)];

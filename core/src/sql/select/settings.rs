//! `SETTINGS max_groups = 64, on_full = 'error', batch_rows = 256`

use alloc::format;

use sqlparser::tokenizer::Token;

use super::super::Options;
use super::super::aggregates::Room;
use super::super::error::{CompileError, CompileErrorKind as Kind};
use super::super::parse::Setting;
use super::super::source::Source;
use crate::nearest::nearest;
use crate::plan::aggregates::MAX_VALUES;
use crate::plan::verify::{MAX_BATCH_ROWS, MAX_GROUPS};
use crate::plan::{OnError, OnFull};
use crate::types::DataType;

/// What a query's capacities are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) max_groups: u32,
    pub(super) on_full: OnFull,
    pub(super) on_error: OnError,
    pub(super) batch_rows: u16,
    pub(super) room: Room,
}

const KEYS: [&str; 7] =
    ["max_groups", "on_full", "on_error", "batch_rows", "max_values", "max_distinct", "max_text"];

impl Settings {
    pub(super) fn read(
        source: &Source,
        settings: &[Setting],
        options: &Options,
    ) -> Result<Self, CompileError> {
        let mut read = Self {
            max_groups: 1024,
            on_full: OnFull::Error,
            on_error: OnError::Null,
            batch_rows: options.batch_rows.clamp(1, MAX_BATCH_ROWS),
            room: Room::DEFAULT,
        };
        for (i, setting) in settings.iter().enumerate() {
            let key = setting.key.text.to_ascii_lowercase();
            let same = |s: &Setting| s.key.text.eq_ignore_ascii_case(&key);
            if settings.iter().take(i).any(same) {
                let message = format!("the setting {key} stands twice");
                return Err(source.error(
                    setting.key.extent,
                    Kind::Ambiguous,
                    message,
                    "write it once",
                ));
            }
            match &*key {
                "max_groups" => {
                    // The setting is at most MAX_GROUPS.
                    read.max_groups = number(source, setting, u64::from(MAX_GROUPS))? as u32;
                }
                "batch_rows" => {
                    read.batch_rows = number(source, setting, u64::from(MAX_BATCH_ROWS))? as u16;
                }
                "max_values" => {
                    read.room.values = number(source, setting, u64::from(MAX_VALUES))? as u16;
                }
                "max_distinct" => {
                    read.room.distinct = number(source, setting, u64::from(MAX_VALUES))? as u16;
                }
                "max_text" => {
                    let most = u64::from(DataType::MAX_VARCHAR);
                    read.room.text = number(source, setting, most)? as u16;
                }
                "on_full" => read.on_full = on_full(source, setting)?,
                "on_error" => read.on_error = on_error(source, setting)?,
                _ => {
                    let message = format!("there is no setting {}", setting.key.text);
                    let help = nearest(&key, KEYS.into_iter()).map_or_else(
                        || format!("settings are {}", KEYS.join(", ")),
                        |near| format!("did you mean {near}?"),
                    );
                    return Err(source.error(setting.key.extent, Kind::Unknown, message, help));
                }
            }
        }
        Ok(read)
    }
}

fn number(source: &Source, setting: &Setting, most: u64) -> Result<u64, CompileError> {
    let value = match &setting.value {
        // A sign stands before the number.
        Token::Number(digits, false) if setting.extent.first == setting.extent.last => {
            digits.replace('_', "").parse().ok().filter(|n| (1..=most).contains(n))
        }
        _ => None,
    };
    value.ok_or_else(|| {
        let message = format!("{} is a whole number from 1 to {most}", setting.key.text);
        let help = format!("write {} = {}", setting.key.text, most.min(64));
        source.error(setting.extent, Kind::Value, message, help)
    })
}

fn on_error(source: &Source, setting: &Setting) -> Result<OnError, CompileError> {
    match &setting.value {
        Token::SingleQuotedString(text) if text == "null" => Ok(OnError::Null),
        Token::SingleQuotedString(text) if text == "stop" => Ok(OnError::Stop),
        _ => Err(source.error(
            setting.extent,
            Kind::Value,
            "on_error is 'null' or 'stop'",
            "'null' makes a value that can't be computed NULL and counts it; 'stop' stops the \
             query before its record",
        )),
    }
}

fn on_full(source: &Source, setting: &Setting) -> Result<OnFull, CompileError> {
    let value = match &setting.value {
        Token::SingleQuotedString(text) => text.as_str(),
        _ => "",
    };
    match value {
        "error" => Ok(OnFull::Error),
        "drop_new" => Ok(OnFull::DropNew),
        _ => Err(source.error(
            setting.extent,
            Kind::Value,
            "on_full is 'error' or 'drop_new'",
            "'error' stops the query; 'drop_new' drops and counts records that need a new group",
        )),
    }
}

//! Random expressions, and queries over event time, on the device and on the host: the same bytes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process::{program, run};
use crate::route::{Route, TARGET};
use crate::{differential, event_time, project, qemu};

/// A program of the device that prints a frame of bytes for each of some tasks, and one of the host
/// that says what they must be.
struct Pair {
    workspace: PathBuf,
    image: &'static str,
    host: fn() -> Result<PathBuf>,
    tasks: &'static str,
}

/// Runs expressions and queries under QEMU and compares them with the host, record by record and
/// counter by counter.
pub(crate) fn check(route: Route, target_dir: &Path) -> Result<()> {
    let expressions = Pair {
        workspace: project::firmware_differential(),
        image: "differential",
        host: differential::build,
        tasks: "expressions",
    };
    let queries = Pair {
        workspace: project::firmware_event_time(),
        image: "event_time",
        host: event_time::build,
        tasks: "queries over event time",
    };
    for pair in [expressions, queries] {
        pair.check(route, target_dir)?;
    }
    Ok(())
}

impl Pair {
    fn check(&self, route: Route, target_dir: &Path) -> Result<()> {
        let mut build = route.cargo("build");
        build.current_dir(&self.workspace);
        run(build.arg("--release").arg("--target-dir").arg(target_dir))?;
        let folder = project::target_dir().join("firmware-frames").join(self.image);
        run(program((self.host)()?).arg("device").arg(&folder))?;
        let read = |name: &str| {
            fs::read(folder.join(name))
                .with_context(|| format!("reading {name} of the {}", self.tasks))
        };
        let (expected, list) = (read("expected")?, String::from_utf8(read("list")?)?);
        let actual = qemu::run(&target_dir.join(TARGET).join("release").join(self.image))?;
        let (mut host, mut device) = (&*expected, &*actual);
        for task in list.lines() {
            let frames = (frame(&mut host), frame(&mut device));
            if frames.0.is_none() || frames.0 != frames.1 {
                bail!("the device makes something else of {task}:{}", shown(frames));
            }
        }
        if !host.is_empty() || !device.is_empty() {
            bail!("the device prints more than the host");
        }
        let (count, bytes) = (list.lines().count(), actual.len());
        let tasks = self.tasks;
        println!("    {count} {tasks} give the host's records and counters: {bytes} bytes");
        Ok(())
    }
}

/// What a task gave, behind its length: counters and records.
fn frame<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_le_bytes(*rest.first_chunk()?) as usize;
    let (frame, later) = rest.split_at_checked(4 + length)?;
    *rest = later;
    Some(frame)
}

fn shown((host, device): (Option<&[u8]>, Option<&[u8]>)) -> String {
    let (Some(host), Some(device)) = (host, device) else {
        return " nothing".to_owned();
    };
    let at = host.iter().zip(device).take_while(|(a, b)| a == b).count();
    let near = |bytes: &[u8]| format!("{:02x?}", bytes.get(at..bytes.len().min(at + 16)));
    format!(" byte {at} on\n  host:   {}\n  device: {}", near(host), near(device))
}

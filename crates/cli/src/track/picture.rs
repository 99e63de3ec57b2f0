//! Standings as picture files. Decides no figure and no look.

use std::io::Write;
use std::path::Path;

use fenjie_app::pictures::{self, SCALE};
use fenjie_chart::{Look, Theme};
use fenjie_exchange::write::AtomicFile;
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_track::{burn_up, heat_calendar};

use super::report::Report;
use super::{Extras, Ground, Picture, TrackArgs};
use crate::failure::Failure;

/// How a picture is to look.
pub fn look(args: &TrackArgs, unit: Option<DisplayUnit>, lang: Lang) -> Look {
    let usual = Look::default();
    Look {
        lang,
        unit,
        theme: match args.theme {
            Some(Ground::Dark) => Theme::Dark,
            Some(Ground::Light) | None => Theme::Light,
        },
        width: args.width.unwrap_or(usual.width),
    }
}

/// Draws and writes a picture; a file that ends in `png` as pixels.
///
/// # Errors
/// Plans without days, machines without fonts, files that cannot be written.
pub fn write(
    report: &Report<'_>,
    picture: Picture,
    extras: &Extras,
    path: &Path,
    look: &Look,
) -> Result<(), Failure> {
    let (plan, asked) = (report.plan, &report.asked);
    let (measure, as_of, within) = (asked.measure, asked.as_of, &asked.within[..]);
    let period = *asked.periods.last().expect("a period is asked for");
    let own = pictures::Picture {
        plan,
        measure,
        period,
        within,
        look: *look,
    };
    let by_day = &report.by_day;
    let svg = match picture {
        Picture::BurnUp => own.burn_up(burn_up(plan, by_day, measure, within, period, as_of)?),
        Picture::Board => {
            let group = report.groups.first();
            own.board(group.into_iter().flat_map(|group| &group.members))
        }
        Picture::Calendar => {
            let days = heat_calendar(plan, by_day, measure, within, period, as_of)?;
            own.heat_calendar(&days)
        }
        Picture::Bridge => {
            let parts = extras.parts.as_ref();
            own.bridge(&parts.expect("a bridge is taken apart").bridge)
        }
        Picture::Composition => {
            let mix = extras.mixes.first();
            own.composition(mix.expect("a plan without one is refused"))
        }
    };
    let is_png = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    let bytes = match is_png {
        true => svg.to_png(SCALE)?,
        false => svg.text().as_bytes().to_vec(),
    };
    let mut file = AtomicFile::create(path)?;
    file.write_all(&bytes)
        .map_err(|error| Failure::unwritable(path, &error))?;
    Ok(file.commit()?)
}

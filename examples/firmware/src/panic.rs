//! What happens when the impossible does: the message goes to the host's standard
//! error and the program ends with failure, so that a test run can't hang or pass.

use core::fmt::Write as _;
use core::panic::PanicInfo;

use cortex_m_semihosting::{debug, hio};

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    cortex_m::interrupt::disable();
    if let Ok(mut stderr) = hio::hstderr() {
        // Nothing is left to try if even this fails.
        let _ = writeln!(stderr, "{info}");
    }
    crate::exit(debug::EXIT_FAILURE)
}

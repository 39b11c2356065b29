//! What happens when the impossible does: the program ends with failure, so that a test run can't
//! hang or pass.

use core::panic::PanicInfo;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    cortex_m::interrupt::disable();
    crate::output::fail(info)
}

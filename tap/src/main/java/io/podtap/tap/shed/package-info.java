/**
 * Shed: what a tap leaves out by policy when there is more than it may send, so that nothing is
 * left out by accident.
 *
 * <p>In: a captured frame, its headers located. Out: a verdict; the frame is not touched. Payload
 * goes before packets, and what opens and closes connections stays longest. Time is the frames'
 * own. The hot thread; nothing is allocated after the start, and without a policy there is no
 * shedder.
 */
@NullMarked
package io.podtap.tap.shed;

import org.jspecify.annotations.NullMarked;

/**
 * Who sends: taps, their lanes, what they report of themselves, and what was lost on the way.
 *
 * <p>In: the outer source of each datagram, and the tap's in-band reports. Out: an index per tap
 * for the frames that it sends, and the numbers of {@code tap.log}. All tables are bounded; what
 * does not fit is counted. The receive thread.
 */
@NullMarked
package io.podtap.sensor.taps;

import org.jspecify.annotations.NullMarked;

/**
 * From frames of several taps to one copy of each packet: frames in, the same frames out, in the
 * order in which their packets were on the wire, each once however many taps have delivered it.
 *
 * <p>What two hosts send each other is merged while more than one tap sees it, or may. Frames of
 * hosts that one tap alone sees pass through, where they are. What is held is copied into memory of
 * a fixed bound outside the heap. One thread.
 */
@NullMarked
package io.podtap.sensor.merge;

import org.jspecify.annotations.NullMarked;

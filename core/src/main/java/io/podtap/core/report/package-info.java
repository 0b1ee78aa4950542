/**
 * What a tap says of itself inside its own tunnel: who it is and what it counted.
 *
 * <p>Written by the tap's send stage, read by a sensor's receive stage; stock sensors ignore the
 * frame. The text comes from the network and is not trusted: lengths are bounded, unknown keys are
 * ignored.
 */
@NullMarked
package io.podtap.core.report;

import org.jspecify.annotations.NullMarked;

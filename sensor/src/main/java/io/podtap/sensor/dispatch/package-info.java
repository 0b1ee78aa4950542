/**
 * Dispatch: what flows carry in, parsers fed out.
 *
 * <p>{@link io.podtap.sensor.dispatch.Protocols} lists the protocols, {@link
 * io.podtap.sensor.dispatch.Parsers} has the parsers of one analysis. {@link
 * io.podtap.sensor.dispatch.Dispatcher} looks at what each end of a flow says first, begins the
 * parsers of every protocol that it may be, and keeps the one that is sure of it. A parser that
 * gives up, or fails, is taken off its flow, and the flow goes on. Oddities become {@code
 * weird.log}, lost protocols {@code analyzer.log}. Bytes are copied only while it is open what they
 * are. One thread.
 */
@NullMarked
package io.podtap.sensor.dispatch;

import org.jspecify.annotations.NullMarked;

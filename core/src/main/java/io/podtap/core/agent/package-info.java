/**
 * What loops and threads need: threads that are supervised, a queue for commands, cadence, health.
 *
 * <p>A loop's body does a bounded amount of work for the time that it is given, and says how much;
 * who runs it reads the clock and waits. Tests turn the crank by hand.
 */
@NullMarked
package io.podtap.core.agent;

import org.jspecify.annotations.NullMarked;

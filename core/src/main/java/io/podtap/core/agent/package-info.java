/**
 * Loops: a duty cycle that says how much it did, and the thread that turns it.
 *
 * <p>An {@link io.podtap.core.agent.Agent} never sleeps and never reads the clock; who runs it does
 * both. Tests turn the crank by hand.
 */
@NullMarked
package io.podtap.core.agent;

import org.jspecify.annotations.NullMarked;

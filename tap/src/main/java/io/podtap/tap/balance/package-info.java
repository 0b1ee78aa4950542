/**
 * Balance: which sensor, and which of its lanes, a flow goes to.
 *
 * <p>In: the symmetric flow hash. Out: two small numbers. The same flow hash gives the same sensor
 * in every tap that knows the same sensors, so both directions of a flow, seen by the taps at both
 * of its ends, meet. A changed set is a new immutable {@link io.podtap.tap.balance.Rendezvous}. Any
 * thread; nothing is allocated.
 */
@NullMarked
package io.podtap.tap.balance;

import org.jspecify.annotations.NullMarked;

/**
 * Walks through families of input: synthetic conversations, one for each rule, and the record that
 * each must leave. {@link io.podtap.sensor.families.FamiliesTest} runs them and prints the table:
 * rule, input, record. The names of weirds that a protocol knows stand in {@code
 * src/test/resources/weirds}, one file for each protocol folder; a name is raised by a case or has
 * a reason behind it.
 */
@NullMarked
package io.podtap.sensor.families;

import org.jspecify.annotations.NullMarked;

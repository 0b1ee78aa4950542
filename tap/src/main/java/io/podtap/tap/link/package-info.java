/**
 * What all ways to a sensor have in common: the sensor itself, what was sent, and why something was
 * not. Vocabulary of the stages that send ({@code send}, {@code stream}); no bytes, no threads.
 */
@NullMarked
package io.podtap.tap.link;

import org.jspecify.annotations.NullMarked;

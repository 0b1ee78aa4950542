/**
 * What the tap's tests share: frames built byte by byte, and checks that share no code with the
 * tap.
 */
@NullMarked
package io.podtap.tap.testing;

import org.jspecify.annotations.NullMarked;

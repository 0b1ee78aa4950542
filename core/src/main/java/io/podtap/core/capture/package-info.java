/**
 * Capture: frames from network interfaces, as the kernel saw them.
 *
 * <p>Out: moved views of frames in ring memory, valid until the end of their batch. The ring owns
 * the bytes.
 */
@NullMarked
package io.podtap.core.capture;

import org.jspecify.annotations.NullMarked;

/**
 * JSON (RFC 8259), read in constant memory: the Kubernetes API's answers and our own count files.
 * The text may come from the network: depth and lengths are bounded.
 */
@NullMarked
package io.podtap.core.json;

import org.jspecify.annotations.NullMarked;

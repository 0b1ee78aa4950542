/**
 * Filters as they stand in manifests: an expression of pcap-filter in, the same without names of
 * hosts out, so that it can be checked without a look-up. No state; any thread.
 */
@NullMarked
package io.podtap.injector.filter;

import org.jspecify.annotations.NullMarked;

/**
 * What tests of every module share: network namespaces of their own, and conditions that skip a
 * test with the reason.
 */
@NullMarked
package io.podtap.core.testing;

import org.jspecify.annotations.NullMarked;

/** Tests of discovery, with an API server in memory. */
@NullMarked
package io.podtap.tap.discover;

import org.jspecify.annotations.NullMarked;

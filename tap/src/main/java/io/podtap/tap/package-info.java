@NullMarked
package io.podtap.tap;

import org.jspecify.annotations.NullMarked;

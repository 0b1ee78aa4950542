@NullMarked
package io.podtap.sensor;

import org.jspecify.annotations.NullMarked;

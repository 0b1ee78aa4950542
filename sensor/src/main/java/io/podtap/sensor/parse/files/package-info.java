/** Files that connections carry: recognised by content, hashed, one record each. One thread. */
@NullMarked
package io.podtap.sensor.parse.files;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.podtap.cli;

import org.jspecify.annotations.NullMarked;

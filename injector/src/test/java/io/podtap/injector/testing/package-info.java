/** What the injector's tests share. */
@NullMarked
package io.podtap.injector.testing;

import org.jspecify.annotations.NullMarked;

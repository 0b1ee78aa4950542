/**
 * What a tap mirrors and how, as far as that can change while it runs: options in, settings out,
 * and a thread that reads them again from a file.
 *
 * <p>The hot thread takes a change as a command of its control queue; nothing here touches the data
 * path itself.
 */
@NullMarked
package io.podtap.tap.policy;

import org.jspecify.annotations.NullMarked;

/**
 * What a user may set: values, their ranges, and how a wrong one is reported.
 *
 * <p>Each program has small immutable {@code Settings} records that check themselves; what they
 * refuse is a {@link io.podtap.core.config.SettingsException}, one line for a person and exit code
 * 2.
 */
@NullMarked
package io.podtap.core.config;

import org.jspecify.annotations.NullMarked;

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.config;

import java.util.concurrent.Callable;

/**
 * A program of the {@code podtap} command line, declared with picocli's annotations and found by
 * {@link java.util.ServiceLoader}: an image that ships only the tap's module has only the tap's
 * command.
 *
 * <p>{@code call} returns the exit code: 0 done, 1 failed later, 2 asked for something that cannot
 * be (which a {@link SettingsException} says too).
 */
public interface Program extends Callable<Integer> {}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

/**
 * A list or a text where an object of Kubernetes has to be: kubectl rejects it.
 *
 * @param place file and line
 * @param isItem whether it is an item of a List, otherwise a whole document
 */
public record NotAnObject(String place, boolean isList, boolean isItem) {}

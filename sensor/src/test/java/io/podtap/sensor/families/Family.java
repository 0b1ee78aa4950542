/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.families;

import java.util.List;

/**
 * The cases of one protocol folder.
 *
 * @param name of the file of weird names in the test resources, without its ending
 */
record Family(String name, List<FamilyCase> cases) {}

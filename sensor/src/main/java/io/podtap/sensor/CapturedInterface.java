/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.capture.InterfaceCapture;
import io.podtap.sensor.decapsulate.DatagramCutter;

/** What counts the frames of an interface; its thread. */
record CapturedInterface(InterfaceCapture capture, DatagramCutter cutter) {}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

/**
 * A kind of notice, with the text of its documentation.
 *
 * @param name as Zeek names notices: {@code Scan::Port_Scan}
 * @param meaning what has been seen
 * @param falseBecause when it is not an attack
 * @param action what to do
 * @param evidence which logs to open, and where
 */
public record NoticeType(
    String name, String meaning, String falseBecause, String action, String evidence) {}

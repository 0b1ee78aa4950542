/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.policy;

import io.podtap.core.filter.Direction;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.shed.ShedSettings;

/**
 * What can change while a tap runs.
 *
 * @param filter in tcpdump's language, empty for none
 * @param direction what is taken of each interface but {@code lo}
 * @param segment how much of each packet is kept
 * @param shed what is left out
 * @param send how datagrams leave
 */
public record PolicySettings(
    String filter,
    Direction direction,
    SegmentSettings segment,
    ShedSettings shed,
    SendMode send) {}

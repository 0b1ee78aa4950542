/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.parse.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** First bytes written after the formats' specifications, and noise. */
class MimeTypesTest {

  private static String type(byte[] bytes) {
    return MimeTypes.of(new Payload(bytes));
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`\\211PNG\\r\\n`, image/png",
        "GIF89a, image/gif",
        "`\\377\\330\\377\\340`, image/jpeg",
        "`RIFF\\1\\2\\3\\4WEBPVP8`, image/webp",
        "`\\37\\213\\10`, application/x-gzip",
        "`PK\\3\\4\\12\\0`, application/zip",
        "`MZ\\220\\0`, application/x-dosexec",
        "`%PDF-1.7`, application/pdf",
        "`\\177ELF\\2\\1\\1\\0\\0\\0\\0\\0\\0\\0\\0\\0\\2\\0`, application/x-executable",
        "`\\0\\0\\0\\40ftypisom`, video/mp4",
        "`<!DOCTYPE html><p>`, text/html",
        "`<?xml version='1.0'?><!-- x --> <HTML>`, text/html",
        "`<?xml version='1.0'?><a/>`, application/xml",
        "`{\"a\": 1}`, text/json",
        "`  [ {`, text/json",
        "`#!/bin/sh\\n`, text/x-shellscript",
        "`#!/usr/bin/env python3\\n`, text/x-python",
        "`just some text`, text/plain",
        "`see below\\n--- a/f\\n+++ b/f\\n@@ -1 +1 @@\\n`, text/x-diff",
        "`--- no +++ difference @@`, text/plain",
        "`too short`, ``",
        "`\\1\\2\\3\\4\\5\\6\\7\\1\\2\\3`, ``"
      })
  void knowsKinds(String text, String expected) {
    assertThat(type(text.translateEscapes().getBytes(StandardCharsets.ISO_8859_1)))
        .isEqualTo(expected);
  }

  @Test
  void neverFailsOnNoise() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      if (noise.length > 1 && i % 3 == 0) {
        noise[0] = (byte) "<{[#PRM".charAt(random.nextInt(7));
      }
      assertThat(type(noise)).isNotNull();
    }
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What text without quotes means to kubectl, which reads YAML 1.1's booleans and numbers.
 *
 * @see "sigs.k8s.io/yaml/goyaml.v2, resolve.go"
 */
final class PlainScalar {

  private static final Pattern TRUE = Pattern.compile("true|True|TRUE|yes|Yes|YES|on|On|ON|y|Y");
  private static final Pattern FALSE =
      Pattern.compile("false|False|FALSE|no|No|NO|off|Off|OFF|n|N");
  private static final Pattern NULL = Pattern.compile("|~|null|Null|NULL");
  private static final Pattern DECIMAL = Pattern.compile("[-+]?(0|[1-9][0-9]{0,17})");
  private static final Pattern OCTAL = Pattern.compile("([-+]?)0o?([0-7]{1,20})");
  private static final Pattern HEXADECIMAL = Pattern.compile("([-+]?)0[xX]([0-9a-fA-F]{1,15})");
  private static final Pattern BINARY = Pattern.compile("([-+]?)0b([01]{1,62})");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?([0-9]+\\.[0-9]*|\\.[0-9]+|[0-9]+)([eE][-+]?[0-9]{1,3})?");

  private PlainScalar() {}

  static @Nullable Object value(String text) {
    if (NULL.matcher(text).matches()) {
      return null;
    }
    if (TRUE.matcher(text).matches()) {
      return true;
    }
    if (FALSE.matcher(text).matches()) {
      return false;
    }
    return number(text);
  }

  private static Object number(String text) {
    boolean isCandidate = !text.isEmpty() && "+-.0123456789".indexOf(text.charAt(0)) >= 0;
    String digits = isCandidate ? text.replace("_", "") : text;
    if (DECIMAL.matcher(digits).matches()) {
      return Long.parseLong(digits);
    }
    Object integer = ofBase(OCTAL, digits, 8);
    integer = integer == null ? ofBase(HEXADECIMAL, digits, 16) : integer;
    integer = integer == null ? ofBase(BINARY, digits, 2) : integer;
    if (integer != null) {
      return integer;
    }
    return FLOAT.matcher(digits).matches() ? new BigDecimal(digits) : text;
  }

  private static @Nullable Object ofBase(Pattern pattern, String text, int base) {
    var matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    BigInteger value = new BigInteger(matcher.group(1).replace("+", "") + matcher.group(2), base);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : (Object) value;
  }
}

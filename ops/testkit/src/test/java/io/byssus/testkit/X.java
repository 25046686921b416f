package io.byssus.testkit;

import java.util.List;
final class X { }

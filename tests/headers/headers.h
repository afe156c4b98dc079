// What is compiled once for all tests. Each test includes what it needs all the same.
#pragma once

#include <gtest/gtest.h>

#include <coroutine>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// All of penstock for C++ programs.
#pragma once

#include <penstock/admin.hpp>
#include <penstock/batch.hpp>
#include <penstock/client.hpp>
#include <penstock/configs.hpp>
#include <penstock/consumer.hpp>
#include <penstock/future.hpp>
#include <penstock/node.hpp>
#include <penstock/producer.hpp>
#include <penstock/record.hpp>
#include <penstock/result.hpp>
#include <penstock/time.hpp>
#include <penstock/topic.hpp>
#include <penstock/version.hpp>

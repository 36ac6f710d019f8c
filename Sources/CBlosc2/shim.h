#pragma once
#include <b2nd.h>
#include <blosc2.h>

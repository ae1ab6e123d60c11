import * as remit from "remit-payments";
import { check } from "../../../expect.js";

export const dynamic = "force-dynamic";

export const GET = () => Response.json(check(remit));

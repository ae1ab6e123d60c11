import { Component, computed, CUSTOM_ELEMENTS_SCHEMA, type ElementRef, inject, signal, ViewChild } from "@angular/core";
import "remit-payments/widget";

interface Invoice {
  id: string;
  number: string;
  balance: string;
  currency: string;
}

export abstract class Account {
  abstract baseUrl: string;
  abstract businessId: string;
  abstract invoices: Invoice[];
  abstract transactions: object[];
}

@Component({
  selector: "pay-app",
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <h1>Invoice {{ invoice().number }}</h1>
    <button (click)="next()">Next invoice</button>
    <button (click)="open.set(!open())">{{ open() ? "Close form" : "Open form" }}</button>
    <label><input type="checkbox" [checked]="disabled()" (change)="disabled.set($any($event.target).checked)" /> Disabled</label>
    @if (open()) {
      <remit-payment
        #form
        provider="dayzero"
        [attr.business-id]="account.businessId"
        [baseUrl]="account.baseUrl"
        [invoice]="invoice()"
        [transactions]="account.transactions"
        [disabled]="disabled()"
        (remit-success)="paid($event)"
      >
        <p>Pay {{ invoice().number }} by bank transfer.</p>
      </remit-payment>
    }
    <p>Amount: <output>{{ amount() }}</output></p>
    <ul>
      @for (receipt of receipts(); track receipt) {
        <li>{{ receipt }}</li>
      }
    </ul>
  `,
})
export class App {
  readonly account = inject(Account);
  readonly at = signal(0);
  readonly open = signal(true);
  readonly disabled = signal(false);
  readonly amount = signal("");
  readonly receipts = signal<string[]>([]);
  readonly invoice = computed(() => this.account.invoices[this.at()]);

  @ViewChild("form") set form(form: ElementRef<HTMLElement> | undefined) {
    form?.nativeElement.addEventListener("remit-change", this.changed);
  }

  private readonly changed = (event: Event) => this.amount.set((event as CustomEvent).detail.value.amount);

  next() {
    this.at.update((at) => (at + 1) % this.account.invoices.length);
  }

  paid({ detail: { payment, outcome } }: CustomEvent) {
    this.receipts.update((receipts) => [...receipts, `${payment.currency} ${payment.amount} recorded: ${outcome.paymentId}`]);
  }
}
